//! Tables, made of plain functions: every table of the interface is the same few elements, compiled once.

use icondata_lu as lu;
use leptos::prelude::*;

use super::icon::Icon;

/// Of numbers: right-aligned.
pub const NUM_CLASS: &str = "num";
/// Of what is left out where the screen is narrow.
pub const WIDE_CLASS: &str = "hidden md:table-cell";
/// Of numbers that are left out where the screen is narrow.
pub const WIDE_NUM_CLASS: &str = "num whitespace-nowrap hidden md:table-cell";
/// Of codes: monospace.
pub const CODE_CLASS: &str = "cell-code";
/// Of a head whose words are only heard.
pub const HEARD_CLASS: &str = "cell-action";
/// Of names, which break where they must.
pub const NAME_CLASS: &str = "cell-name";

/// How a table takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As wide as the page.
    Wide,
    /// Only as wide as its content: names and their numbers stay close together.
    Narrow,
    /// A window of its own onto many columns and rows, with its head always in sight.
    Window,
}

/// A table that scrolls by itself where the screen is narrower, also by the keyboard. The caption says what it holds, for those
/// who do not see it.
pub fn table(caption: impl Into<String>, look: Look, heads: Vec<AnyView>, rows: Vec<AnyView>) -> AnyView {
    let class = match look {
        Look::Wide => "table-scroll",
        Look::Narrow => "table-scroll table-narrow",
        Look::Window => "table-scroll table-window",
    };
    let caption = caption.into();
    let label = caption.clone();
    view! {
        <div class=class role="group" tabindex="0" aria-label=label>
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The heads of columns: each one's name and class.
pub fn heads(names: &[(&'static str, &'static str)]) -> Vec<AnyView> {
    names.iter().map(|(name, class)| head((*name).to_owned(), class)).collect()
}

/// The head of a column.
pub fn head(name: String, class: &'static str) -> AnyView {
    let name = if class == HEARD_CLASS { view! { <span class="sr-only">{name}</span> }.into_any() } else { name.into_any() };
    view! {
        <th scope="col" class=class>
            {name}
        </th>
    }
    .into_any()
}

/// A row of cells.
pub fn row(cells: Vec<AnyView>) -> AnyView {
    view! { <tr>{cells}</tr> }.into_any()
}

/// A cell.
pub fn cell(class: &'static str, content: impl IntoAny) -> AnyView {
    fn make(class: &'static str, content: AnyView) -> AnyView {
        view! { <td class=class>{content}</td> }.into_any()
    }
    make(class, content.into_any())
}

/// In which direction a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// A column's head that sorts by it: a link to the same list in another order. `detail` says more of the column, on hover.
pub fn sort_head(name: String, detail: String, class: &'static str, address: String, sorted: Option<Direction>) -> AnyView {
    let (icon, order) = match sorted {
        Some(Direction::Ascending) => (lu::LuChevronUp, Some("ascending")),
        Some(Direction::Descending) => (lu::LuChevronDown, Some("descending")),
        None => (lu::LuChevronsUpDown, None),
    };
    let detail = (!detail.is_empty()).then_some(detail);
    view! {
        <th scope="col" class=class aria-sort=order title=detail>
            <a href=address class="sort" data-noscroll="">
                {name}
                <Icon icon />
            </a>
        </th>
    }
    .into_any()
}
