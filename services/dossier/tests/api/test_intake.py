

PROCEDURE = "1.001193"


async def test_a_receipt_tells_the_code_and_the_due_date(client, a_dossier, agency):
    answer = await client.post("/v1/dossiers", json=a_dossier())

    receipt = answer.json()
    assert answer.status_code == 201, answer.text
    assert receipt["code"] == f"{agency}-220831-0001"
    assert receipt["received_on"] == "2022-08-31"
    assert receipt["due_on"] == "2022-09-07"  # domain.md 10, vector 5
    assert (receipt["status"], receipt["version"]) == (2, 1)
    assert receipt["applicant_name"] == "Người nộp mẫu 001"
