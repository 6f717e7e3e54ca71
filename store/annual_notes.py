"""What people wrote of a year: its statement, and evidence on the predictions."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store.tables import AnnualStatement, PredictionNote


def statement(tx: Session, year: str) -> AnnualStatement | None:
    """The newest text of a year, signed or not."""
    return tx.exec(select(AnnualStatement).where(AnnualStatement.year == year)
                   .order_by(col(AnnualStatement.id).desc())).first()


def put_statement(tx: Session, row: AnnualStatement) -> AnnualStatement:
    """Store a text, or the signature on one, and give it its number."""
    tx.add(row)
    tx.flush()
    return row


def predictions(tx: Session) -> list[PredictionNote]:
    """Every piece of evidence, newest first."""
    return list(tx.exec(select(PredictionNote).order_by(col(PredictionNote.id).desc())))


def add_prediction(tx: Session, row: PredictionNote) -> PredictionNote:
    """Store evidence and give it its number."""
    tx.add(row)
    tx.flush()
    return row
