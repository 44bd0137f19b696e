//! Tables.

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::Icon;

/// A table that scrolls by itself where the screen is narrower, also by the keyboard.
#[component]
pub fn Table(
    /// What the table holds; for those who do not see it.
    #[prop(into)]
    caption: String,
    /// Whether the table is only as wide as its content: names and their numbers stay close together.
    #[prop(default = false)]
    narrow: bool,
    /// Head and body.
    children: Children,
) -> impl IntoView {
    let class = if narrow { "table-scroll table-narrow" } else { "table-scroll" };
    let label = caption.clone();
    view! {
        <div class=class role="group" tabindex="0" aria-label=label>
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// In which direction a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// A column's head that sorts by it: a link to the same list in the other order.
#[component]
pub fn SortHead(
    /// The column's name.
    label: &'static str,
    /// Where the link leads.
    #[prop(into)]
    href: Signal<String>,
    /// How the column is sorted now, if it is.
    #[prop(into)]
    sorted: Signal<Option<Direction>>,
    /// Whether its values are numbers.
    #[prop(default = false)]
    numeric: bool,
) -> impl IntoView {
    let aria_sort = move || {
        sorted.get().map(|direction| match direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        })
    };
    let icon = move || match sorted.get() {
        Some(Direction::Ascending) => lu::LuChevronUp,
        Some(Direction::Descending) => lu::LuChevronDown,
        None => lu::LuChevronsUpDown,
    };
    view! {
        <th scope="col" class=if numeric { "num" } else { "" } aria-sort=aria_sort>
            <A href=move || href.get() attr:class="sort" scroll=false>
                {label}
                {move || view! { <Icon icon=icon() /> }}
            </A>
        </th>
    }
}
