META
key;value
description;가람구 주민참여예산 greedy approval
country;Korea, Republic of
unit;가람구
instance;2026
my_key;"a;b"
num_projects;2
num_votes;2
budget;100
vote_type;approval
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
language;ko
currency;KRW
PROJECTS
selected;name;cost;project_id;votes
1;"쉼터; ""햇살"" 1호";60;A;2

0;  둘째   사업  ;50;B;1
VOTES
vote;voter_id;note
 A , B ;1;"two
lines"
A;2;

