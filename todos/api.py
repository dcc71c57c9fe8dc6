"""The todos' REST resource."""

from face.resource import urls
from todos.queries import TODOS

urlpatterns = urls(TODOS)
