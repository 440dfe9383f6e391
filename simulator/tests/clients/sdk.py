"""The official Python SDK against the pager twin: create, de-duplicate, read, change, close, request status."""

import sys

import opsgenie_sdk
from opsgenie_sdk.exceptions import ApiException, ConfigurationException
from twin import KEY, Tally, Twin


def client(url, key=KEY):
    settings = opsgenie_sdk.configuration.Configuration()
    settings.host = url
    # The dictionary of a new configuration is that of all others.
    settings.api_key = {"Authorization": key}
    return opsgenie_sdk.AlertApi(opsgenie_sdk.api_client.ApiClient(configuration=settings))


def refusal(call):
    """The status and body of a refusal."""
    try:
        call()
    except (ApiException, ConfigurationException) as error:
        return error.status, str(error.body)
    return 200, ""


def main():
    tally = Tally()
    with Twin(sys.argv[1]) as twin:
        api = client(twin.url)
        wish = opsgenie_sdk.CreateAlertPayload(
            message="the trail was stopped",
            alias="trail/stopped #1",
            description="by somebody",
            tags=["cloudtrail", "prod"],
            details={"account": "123456789012"},
            entity="trail-main",
            priority="P1",
        )
        created = api.create_alert(create_alert_payload=wish)
        outcome = created.retrieve_result().data
        tally.check("a create succeeds", outcome.is_success and outcome.action == "Create")
        tally.check("its status says so", outcome.status == "Created alert")
        tally.check("its alias comes back", outcome.alias == wish.alias)
        alert = created.retrieve_resulting_action().data
        tally.check("the alert is as wished", (alert.message, alert.priority, alert.tags, alert.details) == (
            wish.message, wish.priority, wish.tags, wish.details))
        tally.check("it is open and counted once", (alert.status, alert.count) == ("open", 1))

        again = api.create_alert(create_alert_payload=wish)
        tally.check("the same alias is the same alert", again.retrieve_result().data.alert_id == alert.id)
        by_alias = api.get_alert(identifier=wish.alias, identifier_type="alias").data
        tally.check("which was counted twice", (by_alias.id, by_alias.count) == (alert.id, 2))

        note = opsgenie_sdk.AddNoteToAlertPayload(note="somebody looks at it", user="me")
        tally.check("a note is taken", api.add_note(alert.id, add_note_to_alert_payload=note).retrieve_result().data.is_success)
        notes = api.list_notes(alert.id).data
        tally.check("and read", [note.note for note in notes] == ["somebody looks at it"])
        seen = api.acknowledge_alert(alert.id, acknowledge_alert_payload=opsgenie_sdk.AcknowledgeAlertPayload())
        tally.check("it is acknowledged", seen.retrieve_result().data.is_success)
        found = api.list_alerts(query="status:open AND tag:cloudtrail").data
        tally.check("a search finds it", [entry.id for entry in found] == [alert.id])
        tally.check("and counts it", api.count_alerts(query="priority:P1").data.count == 1)

        closed = api.close_alert(
            wish.alias, identifier_type="alias", close_alert_payload=opsgenie_sdk.CloseAlertPayload(note="over"))
        tally.check("it is closed", closed.retrieve_result().data.is_success)
        tally.check("and stays readable", api.get_alert(alert.id).data.status == "closed")
        fresh = api.create_alert(create_alert_payload=wish).retrieve_result().data.alert_id
        tally.check("its alias is free for a new alert", fresh not in ("", alert.id))

        wrong = opsgenie_sdk.CreateAlertPayload(message="x" * 131)
        status, body = refusal(lambda: api.create_alert(create_alert_payload=wrong))
        tally.check("a long message is refused by name", status == 422 and "message" in body)
        status, body = refusal(lambda: client(twin.url, "no-uuid").create_alert(create_alert_payload=wish))
        tally.check("a key that is no key is refused", status == 422 and "Key format is not valid!" in body)
        status, _ = refusal(lambda: api.get_alert("nobody"))
        tally.check("what is not there is 404", status == 404)
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
