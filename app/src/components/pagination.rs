//! Going through a list that is longer than a page.

use icondata_lu as lu;
use leptos::prelude::*;
use model::list::PAGE_SIZE;

use super::icon::Icon;
use crate::format;

/// Where a page stands in its list.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// This page's number, from 1.
    pub page: u32,
    /// How many pages there are.
    pub pages: u32,
    /// Rows on all pages together.
    pub total: u64,
    /// Rows on this page.
    pub shown: usize,
}

/// Which rows of how many, and links to the pages before and after. `noun` says what a row is, for one and for many.
pub fn pagination(place: Place, noun: (&'static str, &'static str), address: &dyn Fn(u32) -> String) -> AnyView {
    let Place { page, pages, total, shown } = place;
    let before = u64::from(page.saturating_sub(1)) * u64::from(PAGE_SIZE);
    let last = before + u64::try_from(shown).unwrap_or(0);
    let text = if shown == 0 || pages < 2 {
        format::counted(total, noun.0, noun.1)
    } else {
        format!("{}–{} of {}", format::grouped(before + 1), format::grouped(last), format::counted(total, noun.0, noun.1))
    };
    let previous = (page > 1).then(|| {
        view! {
            <a href=address(page - 1) class="btn">
                <Icon icon=lu::LuChevronLeft />
                "Previous"
            </a>
        }
    });
    let next = (page < pages).then(|| {
        view! {
            <a href=address(page + 1) class="btn">
                "Next"
                <Icon icon=lu::LuChevronRight />
            </a>
        }
    });
    view! {
        <nav class="pagination" aria-label="Pages of the list">
            <span class="text-muted">{text}</span>
            {previous}
            {next}
        </nav>
    }
    .into_any()
}
