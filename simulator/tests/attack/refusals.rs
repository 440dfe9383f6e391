//! Where the kit cannot try anything, it says so.

use trailbell_sim::attack::{Kit, KitError, Needs, Settings, catalogue};
use trailbell_sim::clock::Clock;

use crate::flaws::settings;
use crate::receiver::{Flaw, Receiver};

#[tokio::test]
async fn a_receiver_that_refuses_everything_withstands_nothing() {
    let receiver = Receiver::start(Flaw::RefusesEverything).await;
    let mut kit = Kit::start(settings(&receiver), Clock::real()).await.unwrap();
    receiver.trust(kit.setup());
    let refused = kit.prove().await.unwrap_err();
    assert_eq!(refused.to_string(), "no genuine message is accepted: answered 403; answered 403");
    assert_eq!(refused.controls.len(), 2);
}

#[tokio::test]
async fn nobody_there_is_no_receiver() {
    let gone = Receiver::start(Flaw::None).await;
    let settings = settings(&gone);
    drop(gone);
    tokio::task::yield_now().await;
    for trusted in [true, false] {
        let mut kit = Kit::start(Settings { trusted, ..settings.clone() }, Clock::real()).await.unwrap();
        let refused = kit.prove().await.unwrap_err().to_string();
        assert!(refused.contains("no connection to 127.0.0.1:"), "{refused}");
        assert!(!refused.contains("secrets"), "{refused}");
    }
}

#[tokio::test]
async fn an_address_that_is_everywhere_leads_nowhere() {
    let receiver = Receiver::start(Flaw::None).await;
    let settings = Settings { sns_listen: ([0, 0, 0, 0], 0).into(), ..settings(&receiver) };
    let error = Kit::start(settings, Clock::real()).await.unwrap_err();
    assert!(matches!(error, KitError::Anywhere(_)), "{error}");
}

/// Nothing that it trusts, and still many attacks that it would fall to.
#[tokio::test(flavor = "multi_thread")]
async fn without_trust_what_needs_none_is_tried() {
    let needless = catalogue().iter().filter(|attack| attack.needs != Needs::Trust).count();
    for (flaw, falls) in [(Flaw::None, false), (Flaw::ChecksNoSignature, true), (Flaw::ChecksNoUrl, true)] {
        let receiver = Receiver::start(flaw).await;
        let settings = Settings { trusted: false, ..settings(&receiver) };
        let mut kit = Kit::start(settings, Clock::real()).await.unwrap();
        let mut setup = kit.setup();
        // The receiver trusts SNS's host where nobody is.
        setup.address.set_port(1);
        receiver.trust(setup);
        kit.prove().await.unwrap();
        let report = kit.run(&catalogue(), |_| {}).await.unwrap();
        assert_eq!(report.tried.len(), needless);
        assert_eq!(report.summary().unclear, 0, "{flaw:?}: {:#?}", report.tried);
        assert_eq!(report.summary().fell > 5, falls, "{flaw:?}: {:?}", report.fallen());
    }
}
