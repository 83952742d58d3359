META
key;value
description;가람구 주민참여예산 greedy choose-1
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;3
num_votes;6
budget;300
vote_type;choose-1
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name;selected
1;200;3;놀이터;1
2;150;2;운동기구;0
3;100;1;텃밭;1
VOTES
voter_id;vote
a;1
b;1
c;2
d;1
e;2
f;3
