"""The public log of what enters the box: envelopes, promised leaves, the tree and its heads."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.contests import Contest


class Envelope(models.Model):
    """A web ballot waiting for the box to be opened. One physical table per contest.

    At L0 and L1 `marks` is plain; a sealed level would fill `ciphertext` instead. The
    contest's table is dropped when its box has been opened, and with it every link to a slot.
    """

    pk = models.CompositePrimaryKey("contest_id", "id")
    contest = models.ForeignKey(
        Contest, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    id = models.UUIDField()
    marks = models.TextField(blank=True)
    ciphertext = models.BinaryField(null=True)
    nonce = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    named = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "digest"], name="envelope_digest_once"),
        ]


class PromisedLeaf(models.Model):
    """A leaf with the site's signed promise that it will be in the log within a minute."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    leaf_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    data = models.TextField()
    signature = models.CharField(max_length=128)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["contest", "kind"], name="leaf_by_kind"),
            models.Index(fields=["leaf_hash"], name="leaf_by_hash"),
        ]


class LogLeaf(models.Model):
    """A leaf's place in the contest's log (RFC 6962); waiting leaves get places in random order."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    index = models.PositiveIntegerField()
    leaf = models.OneToOneField(PromisedLeaf, on_delete=models.PROTECT, related_name="place")

    class Meta:
        ordering = ("contest", "index")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "index"], name="log_index_once"),
        ]


class TreeHead(models.Model):
    """A signed root of the log at a size; each is consistent with the one before."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="heads")
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    signature = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("tree head")
        verbose_name_plural = _("tree heads")
        ordering = ("contest", "size")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "size"], name="head_size_once"),
        ]
