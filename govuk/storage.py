from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files whose JavaScript imports follow the hashed names."""

    support_js_module_import_aggregation = True
