"""The words of a note are found as they stand too: a beginning may be longer than a stem."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0015_search_by_author"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TEXT SEARCH DICTIONARY linkbook_words"
            " (TEMPLATE = pg_catalog.simple, STOPWORDS = english);"
            " CREATE TEXT SEARCH CONFIGURATION linkbook_words (COPY = simple);"
            " ALTER TEXT SEARCH CONFIGURATION linkbook_words"
            " ALTER MAPPING REPLACE simple WITH linkbook_words;"
            " ALTER TEXT SEARCH CONFIGURATION linkbook_words"
            " ALTER MAPPING FOR hword, hword_part, word WITH unaccent, linkbook_words",
            "DROP TEXT SEARCH CONFIGURATION linkbook_words;"
            " DROP TEXT SEARCH DICTIONARY linkbook_words",
        ),
    ]
