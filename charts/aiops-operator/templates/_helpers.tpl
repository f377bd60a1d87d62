{{- define "aiops.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "aiops.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "aiops.labels" -}}
{{ include "aiops.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "aiops.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "aiops.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "aiops.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The ConfigMap with prices: the one that is named, else the one that the chart makes, else none. */}}
{{- define "aiops.priceTable" -}}
{{- /* `--reuse-values` from a release that had no prices brings none. */ -}}
{{- $table := .Values.priceTable | default dict -}}
{{- if $table.configMapName -}}
{{- $table.configMapName -}}
{{- else if $table.prices -}}
{{- include "aiops.fullname" . }}-prices
{{- end -}}
{{- end -}}

{{/* CEL in CRDs is beyond doubt where ValidatingAdmissionPolicy, which came with it, is served. */}}
{{- define "aiops.crdForm" -}}
{{- if eq .Values.crds.form "auto" -}}
{{- if .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy" -}}current{{- else -}}legacy{{- end -}}
{{- else -}}
{{- .Values.crds.form -}}
{{- end -}}
{{- end -}}
