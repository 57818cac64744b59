from django.apps import AppConfig
from django.core.checks import register


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "PDF and safe CSV documents"

    def ready(self):
        from documents.checks import pdf_libraries

        register(pdf_libraries)
