"""The queue's addresses. Other areas' folders under /dossiers/ are included before these, or they would be taken for codes."""

from django.urls import path

from keng.procedures.queue import dossier_views, views, wall

urlpatterns = [
    path("dossiers/", views.queue, name="dossiers"),
    path("dossiers/accept/", views.accept_many, name="dossiers_accept"),
    path("dossiers/wall/", wall.walls, name="dossiers_walls"),
    path("dossiers/wall/<str:sign>/", wall.wall, name="dossiers_wall"),
    path("dossiers/<str:dossier>/", dossier_views.dossier, name="dossier"),
    path("dossiers/<str:dossier>/look/", dossier_views.look, name="dossier_look"),
    path("dossiers/<str:dossier>/files/<int:attachment>/", dossier_views.file, name="dossier_file"),
    path("dossiers/<str:dossier>/slips/<int:document>.pdf", dossier_views.slip, name="dossier_slip"),
    path("dossiers/<str:dossier>/control.pdf", dossier_views.control, name="dossier_control"),
    *(
        path(f"dossiers/<str:dossier>/{name}/", view, name=f"dossier_{name.replace('-', '_')}")
        for name, view in dossier_views.VIEWS.items()
    ),
]
