//! How often signing in has failed, for the throttle: by account and address, by account, by address, and all together.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::PrimaryTransaction;

/// What failures are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// An account, tried from one address.
    Pair,
    /// An account, tried from addresses that it never signed in from.
    Account,
    /// An address, whatever account it tries.
    Address,
    /// Everything.
    Everything,
}

impl Scope {
    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Address => "address",
            Self::Everything => "everything",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let scopes = [Self::Pair, Self::Account, Self::Address, Self::Everything];
        scopes.into_iter().find(|scope| scope.name() == name).ok_or_else(|| format!("there is no scope called {name}"))
    }
}

/// Who tries, and from where, as SHA-256 each: of the normalized e-mail address, and of the network address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The account.
    pub account: [u8; 32],
    /// The network address.
    pub address: [u8; 32],
}

/// What has been counted in one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// Of what.
    pub scope: Scope,
    /// How many failed. Attempts that are being looked at count until they succeed.
    pub failures: i32,
    /// When the last one was made; for everything together, when the minute began that is counted.
    pub counted_at: DateTime<Utc>,
    /// Until when further ones are refused.
    pub blocked_until: Option<DateTime<Utc>>,
}

/// Reads what a row says.
macro_rules! attempts {
    ($rows:expr) => {
        $rows
            .into_iter()
            .map(|row| {
                let scope = row.scope.parse().map_err(|message: String| sqlx::Error::Decode(message.into()))?;
                Ok(Attempts { scope, failures: row.failures, counted_at: row.counted_at, blocked_until: row.blocked_until })
            })
            .collect()
    };
}

impl PrimaryTransaction {
    /// Whether the account has signed in from the address since then, or somebody has unlocked it for now.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn is_known_address(&mut self, pair: &Pair, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM config.known_addresses WHERE account = $1 AND address = $2 AND last_signed_in_at > $3)
                      OR EXISTS (SELECT FROM config.sign_in_openings WHERE account = $1 AND until > $4) AS "known!""#,
            pair.account.as_slice(),
            pair.address.as_slice(),
            since,
            now,
        )
        .fetch_one(&mut self.0)
        .await
    }

    /// Writes down that the account has signed in from the address.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remember_address(&mut self, pair: &Pair, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.known_addresses (account, address, last_signed_in_at) VALUES ($1, $2, $3)
             ON CONFLICT (account, address) DO UPDATE SET last_signed_in_at = EXCLUDED.last_signed_in_at",
            pair.account.as_slice(),
            pair.address.as_slice(),
            now,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// What has been counted that concerns this pair, in every scope that has counted something. Takes no lock.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn attempts(&mut self, pair: &Pair) -> Result<Vec<Attempts>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT scope, failures, counted_at, blocked_until FROM config.sign_in_attempts
               WHERE (scope, account, address) IN (('pair', $1::bytea, $2::bytea), ('account', $1, ''), ('address', '', $2), ('everything', '', ''))"#,
            pair.account.as_slice(),
            pair.address.as_slice(),
        )
        .fetch_all(&mut self.0)
        .await?;
        attempts!(rows)
    }

    /// The same in these scopes, each of which is then there and nobody else's until the transaction ends. Always locked in one
    /// order, so that no two wait for each other.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn lock_attempts(&mut self, pair: &Pair, scopes: &[Scope], now: DateTime<Utc>) -> Result<Vec<Attempts>, sqlx::Error> {
        let names: Vec<String> = scopes.iter().map(Scope::to_string).collect();
        let rows = sqlx::query!(
            r#"INSERT INTO config.sign_in_attempts AS counted (scope, account, address, failures, counted_at)
               SELECT scope, CASE WHEN scope IN ('pair', 'account') THEN $2::bytea ELSE '' END,
                      CASE WHEN scope IN ('pair', 'address') THEN $3::bytea ELSE '' END, 0, $4
               FROM unnest($1::text[]) AS wanted (scope)
               ORDER BY scope
               ON CONFLICT (scope, account, address) DO UPDATE SET failures = counted.failures
               RETURNING scope, failures, counted_at, blocked_until"#,
            &names,
            pair.account.as_slice(),
            pair.address.as_slice(),
            now,
        )
        .fetch_all(&mut self.0)
        .await?;
        attempts!(rows)
    }

    /// Keeps what has been counted of this pair.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn keep_attempts(&mut self, pair: &Pair, attempts: &[Attempts]) -> Result<(), sqlx::Error> {
        let scopes: Vec<String> = attempts.iter().map(|counted| counted.scope.to_string()).collect();
        let failures: Vec<i32> = attempts.iter().map(|counted| counted.failures).collect();
        let counted_at: Vec<DateTime<Utc>> = attempts.iter().map(|counted| counted.counted_at).collect();
        let blocked_until: Vec<Option<DateTime<Utc>>> = attempts.iter().map(|counted| counted.blocked_until).collect();
        sqlx::query!(
            "UPDATE config.sign_in_attempts a
             SET failures = kept.failures, counted_at = kept.counted_at, blocked_until = kept.blocked_until
             FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[]) AS kept (scope, failures, counted_at, blocked_until)
             WHERE a.scope = kept.scope
               AND a.account = CASE WHEN kept.scope IN ('pair', 'account') THEN $5::bytea ELSE '' END
               AND a.address = CASE WHEN kept.scope IN ('pair', 'address') THEN $6::bytea ELSE '' END",
            &scopes,
            &failures,
            &counted_at,
            &blocked_until as &[Option<DateTime<Utc>>],
            pair.account.as_slice(),
            pair.address.as_slice(),
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Whether the audit is to be told now that this scope refuses: once, and then not again before it was told for longer than
    /// `last_told_before` ago.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn tells_of_refusal(
        &mut self,
        pair: &Pair,
        scope: Scope,
        now: DateTime<Utc>,
        last_told_before: DateTime<Utc>,
    ) -> Result<bool, sqlx::Error> {
        let told = sqlx::query!(
            "UPDATE config.sign_in_attempts SET told_at = $4
             WHERE scope = $1 AND account = CASE WHEN $1 IN ('pair', 'account') THEN $2::bytea ELSE '' END
               AND address = CASE WHEN $1 IN ('pair', 'address') THEN $3::bytea ELSE '' END
               AND (told_at IS NULL OR told_at <= $5)",
            scope.name(),
            pair.account.as_slice(),
            pair.address.as_slice(),
            now,
            last_told_before,
        )
        .execute(&mut self.0)
        .await?;
        Ok(told.rows_affected() > 0)
    }

    /// Forgets what was counted of an account, from wherever it was tried, and lets nothing but its own failures count until then: it can
    /// be signed in to at once, whatever strangers do meanwhile.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn unlock(&mut self, email: &str, until: DateTime<Utc>) -> Result<(), sqlx::Error> {
        // Locked in the order in which attempts lock them, so that no two wait for each other.
        sqlx::query!(
            "SELECT scope FROM config.sign_in_attempts WHERE account = sha256(convert_to($1, 'UTF8')) ORDER BY scope, address FOR UPDATE",
            email
        )
        .fetch_all(&mut self.0)
        .await?;
        sqlx::query!("DELETE FROM config.sign_in_attempts WHERE account = sha256(convert_to($1, 'UTF8'))", email)
            .execute(&mut self.0)
            .await?;
        sqlx::query!(
            "INSERT INTO config.sign_in_openings (account, until) VALUES (sha256(convert_to($1, 'UTF8')), $2)
             ON CONFLICT (account) DO UPDATE SET until = EXCLUDED.until",
            email,
            until,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Until when signing in to an account is held up, from one address or another.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn sign_in_held_up_until(&mut self, email: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
        sqlx::query_scalar!("SELECT max(blocked_until) FROM config.sign_in_attempts WHERE account = sha256(convert_to($1, 'UTF8'))", email)
            .fetch_one(&mut self.0)
            .await
    }

    /// Removes what was counted before then, and addresses that were last signed in from before `known_before`.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remove_old_attempts(&mut self, before: DateTime<Utc>, known_before: DateTime<Utc>) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.sign_in_attempts WHERE counted_at < $1", before).execute(&mut self.0).await?;
        sqlx::query!("DELETE FROM config.sign_in_openings WHERE until < $1", before).execute(&mut self.0).await?;
        sqlx::query!("DELETE FROM config.known_addresses WHERE last_signed_in_at < $1", known_before).execute(&mut self.0).await.map(drop)
    }
}
