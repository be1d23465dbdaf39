"""Administrative procedures and the dossiers that are filed under them."""

from keng.procedures.models.catalogue import CostKind, Field, HandedIn, LifeEvent, Procedure, ProcedureVersion
from keng.procedures.models.dossiers import Channel, Dossier, DossierNumber, Event, Pause, Pile, State, Supplement
from keng.procedures.models.figures import DossierTally
from keng.procedures.models.filing import Attachment, AttachmentBytes, Draft
from keng.procedures.models.forms import Form, FormVersion
from keng.procedures.models.resident import Consent, DataRequest, DraftLook, Message

__all__ = [
    "Attachment",
    "AttachmentBytes",
    "Channel",
    "Consent",
    "CostKind",
    "DataRequest",
    "Dossier",
    "DossierNumber",
    "DossierTally",
    "Draft",
    "DraftLook",
    "Event",
    "Field",
    "Form",
    "FormVersion",
    "HandedIn",
    "LifeEvent",
    "Message",
    "Pause",
    "Pile",
    "Procedure",
    "ProcedureVersion",
    "State",
    "Supplement",
]
