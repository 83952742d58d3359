META
key;value
description;가람구 주민참여예산 greedy cumulative
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;3
budget;1000
vote_type;cumulative
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
max_points;5
max_sum_points;5
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;score;name;selected
P;400;2;6;공구 도서관;1
Q;600;2;4;주민 영화제;1
R;300;1;2;현수막;0
VOTES
voter_id;vote;points
1;P,Q;4,1
2;Q,P;3,2
3;R;2
