META
key;value
description;가람구 주민참여예산 greedy approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;4
budget;100
vote_type;approval
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
A;40;3;꽃밭;1
B;60;2;운동장 그물;1
C;50;2;자전거 거치대;0
VOTES
voter_id;vote
1;A,B
2;A,C
3;A,B
4;C
