META
key;value
description;가람구 주민참여예산 greedy-no-skip approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;3
budget;100
vote_type;approval
rule;greedy-no-skip
date_begin;01.09.2026
date_end;14.09.2026
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
A;999999999;3;철회한 사업;0
B;60;2;그늘막;1
C;30;1;우산꽂이;1
VOTES
voter_id;vote
1;A,B
2;A,B
3;A,C
