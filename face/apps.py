"""The face as a Django app: template parts and staff's views of what the kernel keeps."""

from django.apps import AppConfig


class FaceConfig(AppConfig):
    name = "face"
