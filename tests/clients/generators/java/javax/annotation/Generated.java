package javax.annotation;

/** Marks generated code; JSR 250 left the JDK in version 11, and the generator still uses it. */
public @interface Generated {
  String[] value();

  String date() default "";

  String comments() default "";
}
