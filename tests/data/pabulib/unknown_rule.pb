META
key;value
description;가람구 주민참여예산 unknown approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;1
num_votes;1
budget;100
vote_type;approval
rule;unknown
date_begin;01.09.2026
date_end;14.09.2026
fully_funded;1
language;ko
currency;KRW
PROJECTS
project_id;cost;votes;name
A;60;1;그늘막
VOTES
voter_id;vote
1;A
