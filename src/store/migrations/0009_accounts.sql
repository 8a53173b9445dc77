-- When an account was ended; its row stays, because decisions and the audit name it. NULL: it is in use.
ALTER TABLE accounts ADD COLUMN ended_at BIGINT;
