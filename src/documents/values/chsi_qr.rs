//! The payload of a CHSI report's QR code.
//!
//! Only the official host, over its one path, without user information or a port, counts as CHSI's:
//! everything else would send a reviewer to somebody else's page.

/// Hosts of CHSI.
const HOSTS: [&str; 2] = ["www.chsi.com.cn", "chsi.com.cn"];

/// The page that shows a report.
const REPORT_PATH: &str = "/xlcx/bg.do";

/// What a QR payload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// A link to CHSI's report page, with the code that it names.
    Report { code: Option<String> },
    /// A link to another page of CHSI.
    OtherPage,
    /// A link to another host, or to CHSI's with user information or a port.
    ForeignHost,
    /// No link at all.
    NotALink,
}

/// Reads a payload.
pub fn parse(payload: &str) -> Payload {
    let payload = payload.trim();
    // Schemes and hosts are caseless; ASCII lowering keeps every byte offset.
    let lower = payload.to_ascii_lowercase();
    let after_scheme = if lower.starts_with("https://") {
        8
    } else if lower.starts_with("http://") {
        7
    } else if HOSTS.iter().any(|host| lower.starts_with(&format!("{host}/"))) {
        0
    } else if lower.contains("://") {
        return Payload::ForeignHost;
    } else {
        return Payload::NotALink;
    };
    let rest = payload.get(after_scheme..).unwrap_or_default();
    // Browsers take a backslash for a slash: whatever stands before it is the host.
    let authority_end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    if !HOSTS.contains(&authority.to_ascii_lowercase().as_str()) {
        return Payload::ForeignHost;
    }
    let tail = tail.split('#').next().unwrap_or_default();
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    if path != REPORT_PATH {
        return Payload::OtherPage;
    }
    let code = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == "vcode")
        .map(|(_, value)| value.trim().to_ascii_uppercase())
        .filter(|code| !code.is_empty());
    Payload::Report { code }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(code: &str) -> Payload {
        Payload::Report { code: Some(code.to_owned()) }
    }

    #[test]
    fn official_links_in_their_variants() {
        for link in [
            "https://www.chsi.com.cn/xlcx/bg.do?vcode=ATEST23456789ABC&srcid=bgcx",
            "http://www.chsi.com.cn/xlcx/bg.do?srcid=archive&trnd=1&vcode=ATEST23456789ABC",
            "HTTPS://CHSI.COM.CN/xlcx/bg.do?lang=CN&vcode=atest23456789abc#x",
            "www.chsi.com.cn/xlcx/bg.do?from=wxxcx&vcode=ATEST23456789ABC",
        ] {
            assert_eq!(parse(link), report("ATEST23456789ABC"), "{link}");
        }
    }

    #[test]
    fn disguised_hosts_are_foreign() {
        for link in [
            "https://www.chsi.com.cn.example.com/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://www.chsi.com.cn@example.com/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://user@www.chsi.com.cn/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://www.chsi.com.cn:8443/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://example.com\\@www.chsi.com.cn/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://www-chsi.com.cn/xlcx/bg.do?vcode=ATEST23456789ABC",
            "https://example.com/?u=https://www.chsi.com.cn/xlcx/bg.do",
            "ftp://www.chsi.com.cn/xlcx/bg.do",
        ] {
            assert_eq!(parse(link), Payload::ForeignHost, "{link}");
        }
    }

    #[test]
    fn other_payloads() {
        assert_eq!(parse("https://www.chsi.com.cn/xlcx/bgys.jsp"), Payload::OtherPage);
        assert_eq!(parse("https://www.chsi.com.cn/xlcx/bg.do"), Payload::Report { code: None });
        assert_eq!(parse("ATEST23456789ABC"), Payload::NotALink);
        assert_eq!(parse(""), Payload::NotALink);
    }

    proptest! {
        #[test]
        fn never_panics(payload in "\\PC{0,60}") {
            let _ = parse(&payload);
        }

        #[test]
        fn another_host_is_never_official(host in "[a-z]{1,10}\\.(com|cn|org)") {
            let link = format!("https://{host}/xlcx/bg.do?vcode=ATEST23456789ABC");
            prop_assert_eq!(parse(&link), Payload::ForeignHost);
        }
    }
}
