"""The catalogue's vocabulary in Spanish. What the annotations themselves say stands in `sentences/es.json`."""

import json
from pathlib import Path

from kept.catalog import Basis, Category, Crossing, Level, Purpose
from kept.catalog.law import Since
from kept.terms.vocabulary import Subject, Words

_SENTENCES: dict[str, str] = json.loads((Path(__file__).parent / "sentences" / "es.json").read_text("utf-8"))

SPANISH = Words(
    heading="Qué guardamos",
    introduction=(
        "Esta parte sale de la misma lista que obedece el programa. De cada tipo de dato dice qué guardamos, para qué, "
        "cuánto tiempo, quién puede verlo y dónde está."
    ),
    short_introduction="Esta lista sale de lo que el programa guarda de verdad.",
    why="Para qué",
    how_long="Cuánto tiempo",
    who="Quién puede verlo",
    where="Dónde",
    nobody_heading="Lo que no trata de nadie",
    nobody="El servicio también guarda esto, que no dice nada de nadie en particular:",
    categories={
        Category.ID: "Números que te representan",
        Category.PSEUDONYM: "Números cifrados que te representan",
        Category.HANDLE: "Tu nombre de usuario",
        Category.NAME: "Tu nombre",
        Category.SETTINGS: "Tu cuenta y sus ajustes",
        Category.PREFERENCES: "Lo que aceptaste y elegiste sobre tu privacidad",
        Category.EMAIL: "Tu dirección de correo",
        Category.COUNTRY: "Tu país",
        Category.PASSWORD: "Tu contraseña",
        Category.CREDENTIALS: "Tus claves de acceso y otras formas de entrar",
        Category.BIRTH_DATE: "Tu fecha de nacimiento",
        Category.AGE_RANGE: "Tu grupo de edad",
        Category.LANGUAGE: "Tu idioma",
        Category.CHILDREN: "El permiso de un padre o una madre para un menor",
        Category.PUBLIC_CONTENT: "Lo que publicas",
        Category.PRIVATE_CONTENT: "Lo que guardas para ti o envías a alguien",
        Category.MEDIA_CONSUMPTION: "Lo que ves",
        Category.SEARCH_HISTORY: "Lo que buscas",
        Category.SOCIAL: "A quién sigues, bloqueas o conoces",
        Category.IP_ADDRESS: "Tu dirección de internet (IP)",
        Category.DEVICE: "Tu dispositivo",
        Category.COOKIE: "Cookies",
        Category.IMPRECISE_LOCATION: "En qué parte del mundo vives",
        Category.TELEMETRY: "Cómo te funciona la aplicación",
        Category.OPERATIONS: "Momentos, tamaños y estados con los que trabaja el servicio",
        Category.AUTHENTICATION: "Tus sesiones y los intentos de entrar",
    },
    purposes={
        Purpose.SERVICE: "para prestar el servicio",
        Purpose.AUTHENTICATION: "para que entres tú y nadie más",
        Purpose.NOTIFICATIONS: "para avisarte de lo nuevo",
        Purpose.OPERATIONS: "para que el servicio siga funcionando",
        Purpose.SUPPORT: "para ayudarte cuando lo pidas",
        Purpose.SECURITY: "para protegerte a ti y al servicio",
        Purpose.FRAUD: "para impedir el fraude",
        Purpose.LEGAL: "porque lo pide una ley",
        Purpose.IMPROVE: "para mejorar el servicio",
        Purpose.STORAGE: "para guardártelo",
        Purpose.PERSONALIZE: "para elegir vídeos para ti",
        Purpose.REPORTING: "para contar, sin decir quién",
    },
    bases={
        Basis.CONTRACT: "nuestro contrato contigo (RGPD, art. 6.1.b)",
        Basis.OBLIGATION: "una obligación legal (RGPD, art. 6.1.c)",
        Basis.INTEREST: "nuestro interés legítimo, y el tuyo (RGPD, art. 6.1.f)",
    },
    subjects={
        Subject.MEMBER: "Miembros",
        Subject.OTHER: "Personas con las que tratan los miembros",
        Subject.ASKER: "Quien nos preguntó por sus datos",
        Subject.NOBODY: "Nadie en particular",
    },
    levels={
        Level.PUBLIC: "todo el mundo",
        Level.INTERNAL: "tú, y el personal cuyo trabajo lo necesita",
        Level.CONFIDENTIAL: "tú; el personal, solo si el equipo de seguridad de tu región lo aprueba",
        Level.RESTRICTED: "tú; el personal, solo si lo aprueban dos equipos, para un caso registrado",
        Level.SECRET: "nadie puede leerlo",
    },
    crossings={
        Crossing.NEVER: "solo en tu región",
        Crossing.PUBLIC: "en todas las regiones, porque es público",
        Crossing.ADDRESSED: "en tu región y en la de quien lo recibe",
        Crossing.AGGREGATE: "en tu región; en otras, solo recuentos",
    },
    shared="en el directorio que comparten todas las regiones, para que se te encuentre desde cualquiera",
    since={
        Since.CREATION: "{time} desde que se creó",
        Since.LAST_USE: "{time} desde que se usó por última vez",
        Since.CLOSURE: "hasta que se cierre tu cuenta, y {time} más",
        Since.WITHDRAWAL: "hasta que se retire o deje de hacer falta, y {time} más",
    },
    until_closed="hasta que se cierre tu cuenta",
    days="{count} días",
    one_day="un día",
    hours="{count} horas",
    sentences=_SENTENCES,
)
