"""Keys, sealed values and keyed tokens; nothing here touches a database."""
