//! Which addresses are everybody's: what a stranger may have us call, and what is inside somebody's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to the public internet. Whatever the registries of IANA keep for other uses does not: what
/// is private, on the link, on this machine, behind a carrier, multicast, for documentation, or a way to spell one of
/// those in IPv6.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [192, 175, 48, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    match segments {
        // Those that carry an address of version 4: mapped, translated (NAT64) and 6to4.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            is_public_v4(embedded(segments[6], segments[7]))
        }
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Teredo and other protocols; benchmarks, ORCHID; documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Of all the space, only this is given to anybody.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn which_addresses_are_public() {
        for (public, addresses) in [
            (
                true,
                "8.8.8.8 1.1.1.1 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 192.167.1.1 198.17.0.1 223.255.255.255",
            ),
            (
                true,
                "2606:4700::1111 2a00:1450:4002::200e 2001:4860:4860::8888 64:ff9b::808:808 ::ffff:8.8.8.8 2002:808:808::",
            ),
            (
                false,
                "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 127.0.0.1 127.255.0.1 169.254.169.254 172.16.0.1 172.31.255.255",
            ),
            (
                false,
                "100.64.0.1 100.127.255.255 192.168.0.1 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1",
            ),
            (false, "203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.88.99.1"),
            (false, ":: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::a00:1 64:ff9b::7f00:1 64:ff9b:1::1"),
            (
                false,
                "2002:a00:1:: 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 100::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1",
            ),
        ] {
            for text in addresses.split(' ') {
                assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn spelt_in_version_six_an_address_is_what_it_was(bits in any::<u32>()) {
            let address = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(is_public(address.to_ipv6_mapped().into()), is_public(address.into()));
        }
    }
}
