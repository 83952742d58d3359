META
key;value
description;가람구 주민참여예산 greedy-custom approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;3
budget;100
vote_type;approval
rule;greedy-custom
date_begin;01.09.2026
date_end;14.09.2026
comment;#1: 남은 돈의 80%까지는 다음 사업도 합니다.
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
A;80;3;그늘막;1
B;25;2;우산꽂이;2
C;10;1;깃대;0
VOTES
voter_id;vote
1;A,B
2;A,B
3;A,C
