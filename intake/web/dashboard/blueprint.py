"""The staff side as one blueprint; English only, nothing kept in a cache."""

from flask import Blueprint

dashboard = Blueprint("dashboard", __name__, url_prefix="/staff")
