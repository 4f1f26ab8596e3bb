"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Compressed files with hashed names, which script modules use to import each other, too."""

    support_js_module_import_aggregation = True
