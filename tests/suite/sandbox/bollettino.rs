//! `verificaBollettino`: a postal slip.

use crate::given::{self, COMUNE, NAV, a_position, a_position_of, a_transfer, an_option};
use crate::node::Node;
use crate::station::{Reply, Station};

const POSTE: &str = "<idPSP>POSTE3</idPSP><idBrokerPSP>BANCOPOSTA</idBrokerPSP><idChannel>POSTE3_01</idChannel>\
                     <password>pwdpwdpwd</password>";

fn verifica(node: &Node, account: &str, notice: &str) -> Reply {
    let content = format!("{POSTE}<ccPost>{account}</ccPost><noticeNumber>{notice}</noticeNumber>");
    node.ask("verificaBollettino", "verificaBollettinoReq", &content)
}

#[test]
fn an_account_that_nobody_knows() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let reply = verifica(&node, "000011111111", NAV);
    assert_eq!(reply.outcome(), "PPT_SEMANTICA");
    assert_eq!(reply.element("description").as_deref(), Some("Codifica non riconosciuta"));
}

#[test]
fn a_notice_that_nobody_has() {
    let node = Node::calling("http://127.0.0.1:9");
    assert_eq!(verifica(&node, "000099999999", "308000000001234573").outcome(), "PPT_STAZIONE_INT_PA_SCONOSCIUTA");
}

#[test]
fn a_slip_can_be_paid() {
    for (account, all_ccp) in [(given::bank_and_postal(), "true"), (given::bank(), "false")] {
        let station = Station::spawn();
        let mut option = an_option(NAV);
        option.transfers = vec![a_transfer(1, 12_050, account)];
        station.load(&a_position_of(vec![option]));
        let reply = verifica(&Node::calling(station.url()), "000099999999", NAV);
        assert_eq!(reply.outcome(), "OK");
        assert_eq!(reply.element("allCCP").as_deref(), Some(all_ccp));
        assert_eq!(reply.element("noticeNumber").as_deref(), Some(NAV));
        assert_eq!(reply.element("fiscalCodePA").as_deref(), Some(COMUNE));
        assert_eq!(reply.element("amount").as_deref(), Some("120.50"));
    }
}
