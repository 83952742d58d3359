META
key;value
description;가람구 주민참여예산 equalshares/add1 approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;2
num_votes;2
budget;100
vote_type;approval
rule;equalshares/add1
date_begin;01.09.2026
date_end;14.09.2026
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
A;60;2;그늘막;1
B;50;1;우산꽂이;0
VOTES
voter_id;vote
1;A,B
2;A
