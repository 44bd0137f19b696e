//! Going through a list that is longer than a page.

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::components::A;
use model::list::PAGE_SIZE;

use super::icon::Icon;
use crate::format;

/// Which rows of how many, and links to the pages before and after.
#[component]
pub fn Pagination(
    /// This page's number, from 1.
    page: u32,
    /// How many pages there are.
    pages: u32,
    /// Rows on all pages together.
    total: u64,
    /// Rows on this page.
    shown: usize,
    /// What a row is, for one and for many.
    noun: (&'static str, &'static str),
    /// The address of a page.
    address: impl Fn(u32) -> String,
) -> impl IntoView {
    let before = u64::from(page.saturating_sub(1)) * u64::from(PAGE_SIZE);
    let last = before + u64::try_from(shown).unwrap_or(0);
    let text = if shown == 0 || pages < 2 {
        format::counted(total, noun.0, noun.1)
    } else {
        format!("{}–{} of {}", format::grouped(before + 1), format::grouped(last), format::counted(total, noun.0, noun.1))
    };
    let previous = (page > 1).then(|| {
        view! {
            <A href=address(page - 1) attr:class="btn">
                <Icon icon=lu::LuChevronLeft />
                "Previous"
            </A>
        }
    });
    let next = (page < pages).then(|| {
        view! {
            <A href=address(page + 1) attr:class="btn">
                "Next"
                <Icon icon=lu::LuChevronRight />
            </A>
        }
    });
    view! {
        <nav class="pagination" aria-label="Pages of the list">
            <span class="text-muted">{text}</span>
            {previous}
            {next}
        </nav>
    }
}
