//! The address of a server: what the application may write, and what is connected to.
//!
//! The rules are the JavaScript client's, less its losses: path segments and queries keep their
//! characters, and a scheme is recognised however it is written.

use super::error::{InvalidArgument, Problem};

/// An address that a socket can be opened to: scheme `ws` or `wss`, a host, a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url(String);

impl Url {
    /// Reads what the application gave. Without a scheme it is `ws`, without a path `default_path`.
    pub(crate) fn parse(url: &str, default_path: &str) -> Result<Self, InvalidArgument> {
        let (scheme, rest) = split_scheme(url.trim())?;
        if rest.contains('#') {
            return Err(invalid("a fragment ('#') is not allowed"));
        }
        let (host, path) = split_host(rest);
        if !is_host(host) {
            return Err(invalid("Invalid URL: it names no host"));
        }
        let mut whole = [scheme, "://", host].concat();
        if matches!(path, "" | "/") || path.starts_with('?') {
            if !default_path.starts_with('/') {
                whole.push('/');
            }
            whole.push_str(default_path);
        }
        if path != "/" {
            whole.push_str(path);
        }
        Ok(Self(whole))
    }

    /// Reads what a server redirects to: a whole address, used as it is.
    pub(crate) fn parse_redirect(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        websocket_scheme(scheme)?;
        let rest = rest.strip_prefix("//")?;
        let (host, _) = split_host(rest);
        (is_host(host) && !rest.contains('#')).then(|| Self(url.to_owned()))
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.split_once(':').and_then(|(scheme, _)| websocket_scheme(scheme)) == Some("wss")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn split_scheme(url: &str) -> Result<(&'static str, &str), InvalidArgument> {
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme, rest) => (scheme, rest),
        Some(_) | None => return Ok(("ws", url.strip_prefix("//").unwrap_or(url))),
    };
    let scheme = websocket_scheme(scheme).ok_or(invalid("Only ws and wss are supported"))?;
    let rest =
        rest.strip_prefix("//").ok_or(invalid("Invalid URL: '//' must follow its scheme"))?;
    Ok((scheme, rest))
}

/// Whether what stands before a colon is a scheme, rather than a host before its port.
fn is_scheme(scheme: &str, rest: &str) -> bool {
    let known = ["ws", "wss", "http", "https"];
    let is_word = !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_word
        && (rest.starts_with("//") || known.iter().any(|name| name.eq_ignore_ascii_case(scheme)))
}

fn websocket_scheme(scheme: &str) -> Option<&'static str> {
    ["ws", "wss"].into_iter().find(|name| name.eq_ignore_ascii_case(scheme))
}

fn split_host(rest: &str) -> (&str, &str) {
    rest.find(['/', '?']).and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""))
}

fn is_host(host: &str) -> bool {
    let name = host.rsplit_once('@').map_or(host, |(_, name)| name);
    !name.is_empty() && !name.starts_with(':') && !host.contains(char::is_whitespace)
}

fn invalid(reason: &'static str) -> InvalidArgument {
    InvalidArgument::new("url", Problem::Url(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<String, String> {
        Url::parse(url, "/deepstream").map(|url| url.0).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_are_completed_as_the_javascript_client_does() {
        for (given, expected) in [
            ("localhost:6020", "ws://localhost:6020/deepstream"),
            ("localhost", "ws://localhost/deepstream"),
            ("wss://a.b", "wss://a.b/deepstream"),
            ("//a.b/", "ws://a.b/deepstream"),
            ("a.b/x", "ws://a.b/x"),
            ("a.b?q=1", "ws://a.b/deepstream?q=1"),
            ("a.b/?q=1", "ws://a.b/?q=1"),
            ("[::1]:6020", "ws://[::1]:6020/deepstream"),
        ] {
            assert_eq!(parse(given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn nothing_of_an_address_is_lost() {
        for (given, expected) in [
            ("a.b/x/y", "ws://a.b/x/y"),
            ("ws://a.b/x/y/", "ws://a.b/x/y/"),
            ("a.b:1/deepstream?q=1&r=/z", "ws://a.b:1/deepstream?q=1&r=/z"),
            ("a.b?q=a?b//c", "ws://a.b/deepstream?q=a?b//c"),
            ("WSS://a.b/x", "wss://a.b/x"),
            (" a.b ", "ws://a.b/deepstream"),
        ] {
            assert_eq!(parse(given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for (given, expected) in [
            ("http://a.b", "Only ws and wss are supported"),
            ("HTTPS://a.b", "Only ws and wss are supported"),
            ("http:a.b", "Only ws and wss are supported"),
            ("ftp://a.b", "Only ws and wss are supported"),
            ("", "Invalid URL: it names no host"),
            ("ws://", "Invalid URL: it names no host"),
            ("wss:///path", "Invalid URL: it names no host"),
            (":6020", "Invalid URL: it names no host"),
            ("a b", "Invalid URL: it names no host"),
            ("ws:a.b", "Invalid URL: '//' must follow its scheme"),
            ("a.b#f", "a fragment ('#') is not allowed"),
        ] {
            assert_eq!(parse(given), Err(format!("invalid argument url: {expected}")), "{given}");
        }
    }

    #[test]
    fn a_default_path_is_rooted() {
        let url = Url::parse("a.b", "sync").map(|url| url.0);
        assert_eq!(url.as_deref(), Ok("ws://a.b/sync"));
    }

    #[test]
    fn only_whole_websocket_addresses_are_redirected_to() {
        for good in ["ws://a.b", "wss://a.b:1/x/y?z", "WS://a.b/"] {
            assert_eq!(Url::parse_redirect(good).map(|url| url.0).as_deref(), Some(good));
        }
        for bad in ["", "a.b", "//a.b", "http://a.b", "ws://", "ws:///x", "ws://a.b/#f", "ws:// a"]
        {
            assert_eq!(Url::parse_redirect(bad), None, "{bad}");
        }
        assert_eq!(Url::parse_redirect("WSS://a").map(|url| url.is_secure()), Some(true));
        assert_eq!(Url::parse_redirect("ws://a").map(|url| url.is_secure()), Some(false));
    }
}
