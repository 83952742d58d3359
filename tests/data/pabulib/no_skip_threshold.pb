META
key;value
description;가람구 주민참여예산 greedy-no-skip approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;4
num_votes;5
budget;1000
vote_type;approval
rule;greedy-no-skip
date_begin;01.09.2026
date_end;14.09.2026
max_length;2
min_project_score_threshold;2
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
A;600;4;체육관 바닥;1
B;500;3;수영장 지붕;0
C;100;2;벤치;0
D;50;1;화분;0
VOTES
voter_id;vote
1;A,B
2;A,B
3;A,B
4;A,C
5;C,D
