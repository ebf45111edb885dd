"""What is refused by its name before anything of it is stored."""

import pytest

from models.receiving import PersonalPaper, refuse_personal_papers


@pytest.mark.parametrize("said", ["KTP_budi.jpg", "scan-ektp.pdf", "ini KK kami pak", "kartu keluarga", "NIK saya",
                                  "SLIK ketua.pdf", "Kartu Tanda Penduduk"])
def test_a_citizens_paper_is_refused(said: str) -> None:
    with pytest.raises(PersonalPaper):
        refuse_personal_papers(None, said)


@pytest.mark.parametrize("said", [None, "", "proposal.pdf", "NIK koperasi.pdf", "KKMP Terkul.jpg", "teknik.pdf",
                                  "kantor KDMP"])
def test_the_cooperatives_papers_are_taken(said: str | None) -> None:
    refuse_personal_papers(said)
