META
key;value
description;가람구 주민참여예산 greedy-threshold approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;greedy-threshold
date_begin;01.09.2026
date_end;14.09.2026
min_project_score_threshold;2
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
가-1;900;3;정자 수리;1
가-2;50;1;꽃길;0
가-3;60;2;안내판;1
VOTES
voter_id;vote
1;가-1,가-2
2;가-1,가-3
3;가-1
4;가-3
