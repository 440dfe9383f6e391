//! The page `/`: what is open and what is closed, or what a query finds.

use chrono::{DateTime, Utc};

use super::super::account::Account;
use super::super::alert::Alert;
use super::super::http::Reply;
use super::super::live::{Live, Shared};
use super::super::query::{Listing, Order, Query, QueryError, SortKey};
use super::frame::{Page, Problem};
use super::html::Html;
use super::row::write_row;
use super::view::View;

/// How many alerts a page has.
const PAGE: u32 = 50;
/// How many closed ones stand below the open ones.
const CLOSED: usize = 20;

/// What is asked most, by one press.
const QUICK: [(&str, &str); 5] = [
    ("Open and closed", ""),
    ("Open", "status: open"),
    ("Not acknowledged", "status: open AND acknowledged: false"),
    ("P1 and P2", "status: open AND priority: (P1 OR P2)"),
    ("Closed", "status: closed"),
];

/// Some alerts with their accounts, and how many there are in all.
struct Found<'a> {
    alerts: Vec<(&'a Account, &'a Alert)>,
    total: usize,
}

/// The list.
pub(super) fn page(live: &Live, view: &View) -> Result<Reply, Problem> {
    let now = live.clock().now();
    let mut shared = live.lock();
    shared.twin.advance(now);
    let accounts: Vec<&Account> = shared.twin.accounts().filter(|account| is_of(view, account)).collect();
    if let (Some(name), []) = (&view.account, accounts.as_slice()) {
        return Err(Problem::NoAccount(name.clone()));
    }
    let open: usize = accounts.iter().map(|account| account.alerts().open_count()).sum();
    let all: usize = accounts.iter().map(|account| account.alerts().len()).sum();
    let mut main = Html::default();
    main.raw("<h1 id=\"counts\" data-live>").text(open).raw(" open <span class=\"faint\">");
    main.text(all - open).raw(" closed</span></h1>\n");
    write_filter(&mut main, &shared, view);
    main.raw("<div id=\"list\" data-live>\n");
    let several = shared.twin.accounts().count() > 1;
    let parsed = Query::parse_by(&view.query, shared.twin.settings().query);
    let status = if parsed.is_ok() { 200 } else { 400 };
    match parsed {
        Err(error) => write_error(&mut main, &error),
        Ok(_) if *view == view.asking("") => {
            let mut table = Table { html: &mut main, view, several, now };
            let found =
                newest(&accounts, PAGE as usize, open, |account| account.alerts().newest_open(PAGE as usize));
            table.write("Open", &found, "Nothing is open.");
            table.write_more(&found, "All open alerts", "status: open");
            let found =
                newest(&accounts, CLOSED, all - open, |account| account.alerts().newest_closed(CLOSED));
            if found.total > 0 {
                table.write("Closed", &found, "");
                table.write_more(&found, "All closed alerts", "status: closed");
            }
        }
        Ok(query) => {
            let found = find(&accounts, &query, view.offset, now);
            let mut table = Table { html: &mut main, view, several, now };
            table.write("Found", &found, "No alert is as the filter says.");
            write_pages(&mut main, view, found.total);
        }
    }
    main.raw("</div>\n<p class=\"keys\" hidden>Keys: <kbd>j</kbd> and <kbd>k</kbd> down and up, <kbd>Enter</kbd> opens, ");
    main.raw("<kbd>/</kbd> filters</p>\n");
    let title = format!("({open}) Pager inbox");
    Ok(Page { status, title, state: Some((now, shared.twin.last_change())), main }.reply())
}

fn is_of(view: &View, account: &Account) -> bool {
    view.account.as_deref().is_none_or(|name| name == account.name())
}

/// The newest of several accounts.
fn newest<'a>(
    accounts: &[&'a Account],
    most: usize,
    total: usize,
    of: impl Fn(&'a Account) -> Vec<&'a Alert>,
) -> Found<'a> {
    let of = |account: &&'a Account| {
        let account = *account;
        of(account).into_iter().map(move |alert| (account, alert))
    };
    let mut alerts: Vec<_> = accounts.iter().flat_map(of).collect();
    // Those of one account stand in this order already.
    alerts.sort_by_key(|(_, alert)| std::cmp::Reverse(alert.created_at));
    alerts.truncate(most);
    Found { alerts, total }
}

/// A page of what a query finds, newest first.
fn find<'a>(accounts: &[&'a Account], query: &Query, offset: u32, now: DateTime<Utc>) -> Found<'a> {
    let mut listing = Listing { sort: SortKey::CreatedAt, order: Order::Descending, offset, limit: PAGE };
    let mut skip = 0;
    if accounts.len() > 1 {
        // Any of them may be on the pages before.
        listing = Listing { offset: 0, limit: offset.saturating_add(PAGE), ..listing };
        skip = offset as usize;
    }
    let mut total = 0;
    let mut alerts = Vec::new();
    for account in accounts {
        let page = account.alerts().page(query, &listing, now);
        total += page.total;
        alerts.extend(page.alerts.into_iter().map(|alert| (*account, alert)));
    }
    alerts.sort_by_key(|(_, alert)| std::cmp::Reverse(alert.created_at));
    Found { alerts: alerts.into_iter().skip(skip).take(PAGE as usize).collect(), total }
}

fn write_filter(html: &mut Html, shared: &Shared, view: &View) {
    html.raw("<form class=\"filter\" action=\"/\" role=\"search\">\n<label for=\"query\">Filter</label>\n");
    html.raw("<input id=\"query\" name=\"query\" type=\"search\" maxlength=\"4000\" autocomplete=\"off\" ");
    html.raw(
        "autocapitalize=\"off\" spellcheck=\"false\" placeholder=\"status: open AND priority: P1\" value=\"",
    );
    html.text(&view.query).raw("\">\n<span id=\"accounts\" data-live>");
    if shared.twin.accounts().count() > 1 {
        html.raw("<label for=\"account\">Account</label> <select id=\"account\" name=\"account\">");
        html.raw("<option value=\"\">all accounts</option>");
        for account in shared.twin.accounts() {
            let chosen = view.account.as_deref() == Some(account.name());
            html.raw("<option value=\"").text(account.name());
            html.raw(if chosen { "\" selected>" } else { "\">" });
            html.text(account.name()).raw(" (").text(account.alerts().open_count()).raw(" open)</option>");
        }
        html.raw("</select>");
    }
    html.raw(
        "</span>\n<button>Filter</button>\n</form>\n<nav class=\"quick\" aria-label=\"Usual filters\">\n",
    );
    for (name, query) in QUICK {
        let to = view.asking(query);
        html.raw("<a href=\"").text(to.href());
        html.raw(if view.query == query { "\" aria-current=\"page\">" } else { "\">" });
        html.text(name).raw("</a>\n");
    }
    html.raw("</nav>\n");
}

/// The sentence, and the query with the place marked.
fn write_error(html: &mut Html, error: &QueryError) {
    let text = error.to_string();
    let (sentence, place) = text.split_once('\n').unwrap_or((&text, ""));
    html.raw("<div class=\"refused\" role=\"alert\">\n<p>This filter is not understood: ").text(sentence);
    html.raw("</p>\n<pre>").text(place).raw("</pre>\n</div>\n");
}

struct Table<'a> {
    html: &'a mut Html,
    view: &'a View,
    several: bool,
    now: DateTime<Utc>,
}

impl Table<'_> {
    /// Nothing but `none` if there is nothing.
    fn write(&mut self, caption: &'static str, found: &Found<'_>, none: &'static str) {
        let html = &mut *self.html;
        if found.alerts.is_empty() {
            html.raw("<p class=\"none\">").raw(none).raw("</p>\n");
            return;
        }
        html.raw("<table>\n<caption>").raw(caption).raw(" <span class=\"faint\">").text(found.total);
        html.raw("</span></caption>\n<thead><tr><th scope=\"col\">Priority</th><th scope=\"col\">Alert</th>");
        html.raw("<th scope=\"col\">Count</th><th scope=\"col\">Responders</th><th scope=\"col\">Age</th>");
        html.raw(
            "<th scope=\"col\"><span class=\"unseen-label\">Buttons</span></th></tr></thead>\n<tbody>\n",
        );
        for (account, alert) in &found.alerts {
            let name = self.several.then(|| account.name());
            write_row(html, alert, name, self.view, self.now);
        }
        html.raw("</tbody>\n</table>\n");
    }

    /// Where the others are.
    fn write_more(&mut self, found: &Found<'_>, label: &'static str, query: &str) {
        if found.total > found.alerts.len() {
            let to = self.view.asking(query);
            self.html.raw("<p class=\"pages\"><a href=\"").text(to.href()).raw("\">").raw(label);
            self.html.raw(" (").text(found.total).raw(")</a></p>\n");
        }
    }
}

fn write_pages(html: &mut Html, view: &View, total: usize) {
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let (first, next) = (view.offset, view.offset.saturating_add(PAGE));
    if first == 0 && next >= total {
        return;
    }
    html.raw("<nav class=\"pages\" aria-label=\"Pages\">\n");
    if first > 0 {
        let to = view.at(first.saturating_sub(PAGE).min(total.saturating_sub(1) / PAGE * PAGE));
        html.raw("<a rel=\"prev\" href=\"").text(to.href()).raw("\">Newer</a>\n");
    }
    if first < total {
        html.raw("<span>").text(first + 1).raw(" to ").text(next.min(total)).raw(" of ").text(total);
        html.raw("</span>\n");
    }
    if next < total {
        html.raw("<a rel=\"next\" href=\"").text(view.at(next).href()).raw("\">Older</a>\n");
    }
    html.raw("</nav>\n");
}
