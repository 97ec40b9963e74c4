"""The promises on the service, as the public reads them."""

from kept.promises.promise import Promise

GROUP = "The service"

THE_SERVICE = (
    Promise(
        id="service.video",
        group=GROUP,
        statement="People can make, publish, find and enjoy short videos on a phone.",
        enforcement="the app",
        evidence="a real browser signs up, uploads, watches, comments, messages, goes live",
        refused="",
    ),
    Promise(
        id="service.scale",
        group=GROUP,
        statement="A hundred million members in one country can be served.",
        enforcement="cells grow by adding existing distributed engines",
        evidence="measured cost per operation as data grows; load held; plan to 100 M with figures",
        refused="",
    ),
    Promise(
        id="service.population",
        group=GROUP,
        statement="Member numbers by country and state are published without exposing anyone.",
        enforcement="aggregates with suppression and noise",
        evidence="last publication",
        refused="small groups",
    ),
    Promise(
        id="service.availability",
        group=GROUP,
        statement="The service is not offered in the countries that the operator lists.",
        enforcement="sign-up and serving refused there",
        evidence="refusals by country",
        refused="",
    ),
    Promise(
        id="service.sites",
        group=GROUP,
        statement=("The company's sites and teams are known, and where people sit is part of every access decision."),
        enforcement="staff directory with site and team",
        evidence="access by site",
        refused="",
    ),
)
