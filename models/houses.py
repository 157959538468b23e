"""Houses: estates with their buildings, contracts on houses (Project), their phases, and the crews."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import Staff


class Estate(Base):
    """A housing estate 楼盘."""

    __tablename__ = "estate"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    #: Other names that people use for it.
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    address: Mapped[str] = mapped_column(String(120), default="")
    #: Where it lies, in degrees; null when nobody entered it. Arrivals far from here are noted for staff.
    lat: Mapped[float | None]
    lon: Mapped[float | None]

    def __str__(self) -> str:
        return self.name


class Building(Base):
    """A building 楼栋 of an estate. When it is handed over stands here and nowhere else."""

    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("estate_id", "name"),
        # What the clock asks for: those that are handed over soon.
        Index("ix_building_handover", "handover_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey(Estate.id))
    #: 8幢: as the contracts on its houses write it.
    name: Mapped[str] = mapped_column(String(20))
    #: 交房日; null while nobody knows it.
    handover_on: Mapped[dt.date | None]

    estate: Mapped[Estate] = relationship()

    @property
    def label(self) -> str:
        """The building as people say it: 翡翠城8幢."""
        return f"{self.estate.name}{self.name}"

    def __str__(self) -> str:
        return self.label


class Crew(Base):
    """A crew 工队 with its foreman, reachable by WeChat and phone."""

    __tablename__ = "crew"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As customers hear it: 王师傅.
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20), default="")
    #: The categories it mends: 水, 电, 防水 …; empty means all.
    trades: Mapped[list[Any]] = mapped_column(default=list)
    #: Who is told when the crew does not answer; null falls back to engineering on duty.
    lead_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    active: Mapped[bool] = mapped_column(default=True)

    lead: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.name


class Project(Base):
    """One contract on one house."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The contract's number 合同号.
    number: Mapped[str] = mapped_column(String(30), unique=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey(Estate.id), index=True)
    #: 8幢, 3号楼: as written on the door, without the estate.
    building: Mapped[str] = mapped_column(String(20), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    #: Square metres.
    area: Mapped[int | None]
    #: The crew responsible for repairs of this house.
    crew_id: Mapped[int | None] = mapped_column(ForeignKey(Crew.id), index=True)
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    #: building, in_warranty, out_of_warranty.
    stage: Mapped[str] = mapped_column(String(20), default="building")
    #: 竣工验收; the warranty runs from here.
    completed_on: Mapped[dt.date | None] = mapped_column(index=True)
    #: When the family moved in; null while nobody knows.
    moved_in_on: Mapped[dt.date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]
    #: Since when the contract is locked away: everybody it was made with had their data erased.
    locked_at: Mapped[dt.datetime | None]

    estate: Mapped[Estate] = relationship()
    crew: Mapped[Crew | None] = relationship()
    supervisor: Mapped[Staff | None] = relationship()
    members: Mapped[list["ProjectMember"]] = relationship(back_populates="project")  # noqa: F821
    phases: Mapped[list["Phase"]] = relationship(back_populates="project", order_by="Phase.position")

    @property
    def label(self) -> str:
        """The house as people say it: 翡翠城8幢1602; of a locked contract the door is not said any more."""
        if self.locked_at is not None:
            return f"{self.estate.name}（已封存）"
        return f"{self.estate.name}{self.building}{self.room}"

    def __str__(self) -> str:
        return self.label


class Phase(Base):
    """A phase of a project with its planned and actual date."""

    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        # What was passed lately, what comes soon, what is late.
        Index("ix_phase_actual_on", "actual_on"),
        Index("ix_phase_planned_on", "planned_on", "actual_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    #: Order within the project, from 1.
    position: Mapped[int]
    #: 签约, 开工交底, 水电验收, 材料进场, 中期验收, 竣工验收, 质保.
    name: Mapped[str] = mapped_column(String(20))
    planned_on: Mapped[dt.date | None]
    actual_on: Mapped[dt.date | None]

    project: Mapped[Project] = relationship(back_populates="phases")

    def __str__(self) -> str:
        return self.name
