create table accounts (
    name text primary key,
    password_hash text not null
) strict;

create table sessions (
    token_hash blob primary key,
    account text not null references accounts (name),
    expires integer not null
) strict;

-- Links that are older than the accounts have no owner.
alter table links add column owner text references accounts (name);
create index links_owner on links (owner);
