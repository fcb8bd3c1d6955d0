"""Synthesizes a service with the installed PyPI package: python smoke.py <outdir>"""

import sys

from riso_projen import Database, NodeServiceProject

service = NodeServiceProject(
    name="orders",
    database=Database.SQLITE,
    outdir=sys.argv[1],
)
service.config.add(
    "STRIPE_API_KEY",
    secret=True,
    description="Charges cards",
    required_in=["staging", "prod"],
)
service.synth()
