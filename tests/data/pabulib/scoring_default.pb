META
key;value
description;가람구 주민참여예산 greedy scoring
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;2
num_votes;3
budget;10
vote_type;scoring
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
default_score;1
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
M;6;1;정원;0
N;6;2;연못;1
VOTES
voter_id;vote;points
1;M,N;-2,4
2;N;3
3;
