META
key;value
description;가람구 주민참여예산 greedy approval
country;Korea, Republic of
unit;가람구
instance;2026
num_projects;4
num_votes;7
budget;10000000
vote_type;approval
rule;greedy
date_begin;01.09.2026
date_end;14.09.2026
min_length;1
max_length;3
language;ko
currency;KRW
PROJECTS
project_id;price;votes;name;category;selected
A;5000000;6;마을 쉼터 그늘막;공원,안전;1
B;3000000;4;골목 조명 교체;안전;1
C;4000000;3;작은 도서관 책장;문화;0
D;2000000;2;버스 정류장 의자;교통;1
VOTES
voter_id;vote;age;voting_method
v1;A,B;34;internet
v2;A,B,C;51;paper
v3;A;18;internet
v4;A,C,D;67;paper
v5;B,A;29;internet
v6;D,C;40;paper
v7;A,B;73;paper
