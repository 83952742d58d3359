META
key;value
description;가람구 주민참여예산 greedy ordinal
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;3
budget;100
vote_type;ordinal
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
max_length;3
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;score;name;selected
Y;60;3;5;쉼터;1
X;50;2;4;가로수;0
Z;40;1;1;안내소;1
VOTES
voter_id;vote
1;X,Y,Z
2;Y,X
3;Y
