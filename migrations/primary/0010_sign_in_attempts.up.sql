-- How often signing in has failed, so that guessing passwords is slowed on every server alike.
--
-- Accounts and network addresses are kept as SHA-256: most are strangers' words, and nobody needs to read them here.

CREATE TABLE config.sign_in_attempts (
    -- What is counted: an account from one address, an account from addresses that are strange to it, an address over all
    -- accounts, and everything together.
    scope         text NOT NULL CHECK (scope IN ('pair', 'account', 'address', 'everything')),
    -- Empty where the scope does not name one.
    account       bytea NOT NULL CHECK (length(account) = CASE WHEN scope IN ('pair', 'account') THEN 32 ELSE 0 END),
    address       bytea NOT NULL CHECK (length(address) = CASE WHEN scope IN ('pair', 'address') THEN 32 ELSE 0 END),
    failures      integer NOT NULL CHECK (failures >= 0),
    -- For everything together: when the minute began that is counted. For the others: when the last attempt was made.
    counted_at    timestamptz NOT NULL,
    -- Until when further attempts are refused unseen.
    blocked_until timestamptz,
    -- When the audit was last told of refused ones.
    told_at       timestamptz,
    PRIMARY KEY (scope, account, address)
);

CREATE INDEX sign_in_attempts_by_age ON config.sign_in_attempts (counted_at);
CREATE INDEX sign_in_attempts_by_account ON config.sign_in_attempts (account);

-- From where an account has signed in: what strangers do never slows these.
CREATE TABLE config.known_addresses (
    account           bytea NOT NULL CHECK (length(account) = 32),
    address           bytea NOT NULL CHECK (length(address) = 32),
    last_signed_in_at timestamptz NOT NULL,
    PRIMARY KEY (account, address)
);

-- Accounts that somebody has unlocked: for a while only their own failures count, from wherever they are tried.
CREATE TABLE config.sign_in_openings (
    account bytea PRIMARY KEY CHECK (length(account) = 32),
    until   timestamptz NOT NULL
);

CREATE INDEX known_addresses_by_age ON config.known_addresses (last_signed_in_at);
