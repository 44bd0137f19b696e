//! Forms that a browser sends by itself, because scripts do not run or have not arrived: it is led to a page that shows what came of it.

use leptos_router::location::Url;
use model::Error;

use crate::error::AppError;
use crate::request::{answer, is_plain_form, send_to};

/// Answers a command. A plain form is led on where it was obeyed, and back to its page with the reason, as a sentence, where it was not.
pub fn settle<T>(result: Result<T, Error>, page: &str, next: impl FnOnce(&T) -> String) -> Result<T, AppError> {
    settle_with(result, page, next, ToString::to_string)
}

/// The same for a form with fields: the reason comes back so that the page can say beside each field what is wrong with it.
pub fn settle_fields<T>(result: Result<T, Error>, page: &str, next: impl FnOnce(&T) -> String) -> Result<T, AppError> {
    settle_with(result, page, next, |error| serde_json::to_string(error).unwrap_or_default())
}

fn settle_with<T>(
    result: Result<T, Error>,
    page: &str,
    next: impl FnOnce(&T) -> String,
    write: fn(&AppError) -> String,
) -> Result<T, AppError> {
    let result = answer(result);
    if is_plain_form() {
        match &result {
            Ok(value) => send_to(&next(value)),
            Err(error) if error.is_unauthenticated() => send_to(&format!("/sign-in?next={}", Url::escape(page))),
            Err(error) => send_to(&with(page, "error", &write(error))),
        }
    }
    result
}

/// The address with one more value in it, before the part of the page that it leads to.
pub fn with(address: &str, name: &str, value: &str) -> String {
    let (page, part) = address.split_once('#').map_or((address, String::new()), |(page, part)| (page, format!("#{part}")));
    let more = if page.contains('?') { '&' } else { '?' };
    format!("{page}{more}{name}={}{part}", Url::escape(value))
}

/// The page of one of a list's things. Anybody can have written the identifier.
pub fn page_of(list: &str, id: &str) -> String {
    let is_plain = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plain { format!("{list}/{id}") } else { format!("{list}/{}", Url::escape(id)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_before_the_part_of_the_page() {
        assert_eq!(with("/account", "error", "a b"), "/account?error=a%20b");
        assert_eq!(with("/account?for=password#password", "error", "a&b"), "/account?for=password&error=a%26b#password");
    }

    #[test]
    fn an_identifier_leads_nowhere_else() {
        assert_eq!(page_of("/users", "0197-a"), "/users/0197-a");
        assert_eq!(page_of("/users", "../x?y"), "/users/%2E%2E%2Fx%3Fy");
    }
}
