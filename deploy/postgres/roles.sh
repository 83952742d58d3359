#!/usr/bin/env bash
# Runs once, when the database is made: an owner for migrations and a role for everything else,
# which may neither change tables nor touch what the owner keeps append-only.
set -euo pipefail
psql --username postgres --set ON_ERROR_STOP=1 \
  --set owner_password="$OWNER_DB_PASSWORD" --set app_password="$APP_DB_PASSWORD" <<'SQL'
create role madang_owner login password :'owner_password';
create role madang_app login password :'app_password';
create database madang owner madang_owner;
revoke connect on database madang from public;
grant connect on database madang to madang_app;
\connect madang
create extension pg_trgm;
SQL
